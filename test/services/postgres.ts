import { execFileSync } from 'child_process'
import { chownSync, existsSync, readdirSync } from 'fs'
import { join } from 'path'
import { LocalServer, Program, runProgram } from './server'

/** Where Debian has the programs of each version. */
const VERSIONS = '/usr/lib/postgresql'

/** PostgreSQL does not run as root: then it is nobody. */
const NOBODY = 65534
const AS = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

const NAMES = { name: 'postgres', package: 'postgresql' }

/** A program of the newest version on this machine. */
function programOf(name: string): string {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : []
  const newest = versions.sort((one, other) => Number(other) - Number(one))
  const paths = newest.map((version) => join(VERSIONS, version, 'bin', name))
  return paths.find((path) => existsSync(path)) ?? name
}

/** Nothing waits for the disk: only a crash of the machine would lose data. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '400',
  stats_fetch_consistency: 'none',
}

const POSTGRES: Program = {
  ...NAMES,
  command: programOf('postgres'),
  args: (port, directory) => [
    ...['-D', join(directory, 'data'), '-p', `${port}`],
    ...Object.entries(SETTINGS).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ],
  ready: /database system is ready to accept connections/,
  portTaken: /could not bind|could not create any TCP/,
  // It takes the processes of its connections along.
  killSignal: 'SIGQUIT',
  spawn: { ...AS, cwd: '/' },
  prepare: async (directory) => {
    AS.uid && chownSync(directory, NOBODY, NOBODY)
    const options = [
      '-U',
      'postgres',
      '--auth=trust',
      '-E',
      'UTF8',
      '--no-sync',
      '--no-instructions',
    ]
    await runProgram(NAMES, programOf('initdb'), ['-D', join(directory, 'data'), ...options], {
      ...AS,
      cwd: '/',
    })
  },
}

/** Starts a PostgreSQL server on a free port: user and database are `postgres`, without a password. */
export function startPostgres(): Promise<LocalServer> {
  return LocalServer.start((port) => new LocalServer(port, POSTGRES))
}

/** The version of the server that `startPostgres` starts, such as `15.4`. */
export function postgresVersion(): string {
  const printed = execFileSync(programOf('postgres'), ['--version'], { encoding: 'utf8' })
  return /[\d.]+/.exec(printed)?.[0] ?? printed
}
