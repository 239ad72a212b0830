"""From a neuron to its role and to what uses it in a program, and back."""
