from balcao.server.cli import main

main()
