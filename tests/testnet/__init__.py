"""The parts of scripts/testnet, and what tests in Python share: certificates, a client, waiting."""
