"""The parts of scripts/demo: a story in chapters, told by a real network on loopback. chapters/ holds the chapters."""
