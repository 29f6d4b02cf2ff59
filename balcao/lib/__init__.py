"""Pure helpers: text, file names, mail. No framework, network, file or clock."""
