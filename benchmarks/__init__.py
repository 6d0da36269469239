"""Speed and memory, as ratios to a peer or a limit measured in the same run. `make bench` prints one table."""
