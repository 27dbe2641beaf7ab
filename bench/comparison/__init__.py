"""The parts of bench/compare: Wissel measured beside nginx, PostgreSQL and the disk."""
