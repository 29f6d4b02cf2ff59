"""Reading and writing mail: bytes in, values out. Nothing here decides who may do what."""
