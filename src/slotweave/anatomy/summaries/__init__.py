"""What commands say of a compiled or repacked program, as dataclasses; JSON is a view of them."""
