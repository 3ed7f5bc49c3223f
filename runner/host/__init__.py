"""The local machine: memory, ports, Java, Maven, the clock, and files."""
