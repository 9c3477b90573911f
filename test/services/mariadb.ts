import { join } from 'path'
import { LocalServer, Program, runProgram } from './server'

const NAMES = { name: 'mariadb', package: 'mariadb-server' }

/** It does not run as root unless told to. */
const AS_ROOT = process.getuid?.() === 0 ? ['--user=root'] : []

const MARIADB: Program = {
  ...NAMES,
  command: 'mariadbd',
  args: (port, directory) => [
    ...['--no-defaults', `--datadir=${join(directory, 'data')}`, ...AS_ROOT],
    ...[`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(directory, 'socket')}`],
    `--tmpdir=${directory}`,
    ...['--innodb-flush-log-at-trx-commit=2', '--skip-name-resolve', '--max-connections=400'],
  ],
  ready: /ready for connections/,
  portTaken: /Bind on TCP\/IP port/,
  killSignal: 'SIGKILL',
  prepare: (directory) =>
    runProgram(NAMES, 'mariadb-install-db', [
      ...['--no-defaults', `--datadir=${join(directory, 'data')}`, ...AS_ROOT],
      // In the shared one, the files of two installations at the same time have the same names.
      `--tmpdir=${directory}`,
      '--auth-root-authentication-method=normal',
    ]),
}

/** Starts a MariaDB server on a free port: the user is `root`, without a password, the database `test`. */
export function startMariadb(): Promise<LocalServer> {
  return LocalServer.start((port) => new LocalServer(port, MARIADB))
}
