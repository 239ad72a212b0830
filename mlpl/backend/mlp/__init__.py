"""The machine as a looped ReLU-MLP."""
