"""Mail on the wire: the listener that takes it in and the transports that let it out."""
