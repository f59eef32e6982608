"""What browsers report that the pages' policy has stopped: a fault of ours, or somebody's attempt."""
