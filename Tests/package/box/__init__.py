"""What runs inside of Tests/systemd-box, on a machine that is thrown away."""
