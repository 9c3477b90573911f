import { otherNames, isInstalled } from './packageName'
import { readFrom } from './edits'

/** The packages that drivers need. The latest versions of them are not for AdonisJS 5. */
const PEERS: Record<string, { name: string; version: number } | undefined> = {
  redis: { name: '@adonisjs/redis', version: 7 },
  database: { name: '@adonisjs/lucid', version: 18 },
}

/** It has a peer dependency, which npm installs, on the other name of this package. */
const SHIELD = '@adonisjs/shield'
const PEER_NAME = '@adonisjs/session'
const UNDER_THE_NAME = `Install this package under it: run "npm rm adonis5-session && npm i ${PEER_NAME}@npm:adonis5-session"`

/** What an app still needs for its driver. */
export function missingPeers(
  projectRoot: string,
  driver: string | null | undefined,
  providers: string[]
): string[] {
  const peer = PEERS[driver ?? '']
  if (!peer) {
    return []
  }
  const { name, version } = peer
  const configure = `node ace configure ${name}`
  const isMissing = !isInstalled(projectRoot, name)
  const missing = isMissing
    ? `The ${driver} driver needs ${name}, which is not installed. Run "npm i ${name}@${version}" and "${configure}"`
    : `The ${driver} driver needs ${name}, which is not configured. Run "${configure}"`

  return [
    ...(isMissing || !providers.includes(name) ? [missing] : []),
    ...(driver === 'database'
      ? [
          'The database driver needs a table. Create it with "node ace make:session-table" and "node ace migration:run"',
        ]
      : []),
  ]
}

/**
 * Where an app still mentions its sessions under another name than the installed one, or `null`.
 * That package may be in use on purpose, so that its removal is left to the user.
 */
export function otherPackage(projectRoot: string, name: string, files: string[]): string | null {
  for (const other of otherNames(name)) {
    const mention = new RegExp(`['"]${other}['"/]`)
    const found = files.filter((file) => mention.test(readFrom(projectRoot, file)))

    if (found.length && other === PEER_NAME && isInstalled(projectRoot, SHIELD)) {
      return `"${other}" is still in ${found.join(', ')}. "${SHIELD}" depends on a package of this name, so npm would install it again. ${UNDER_THE_NAME}, and then "node ace configure ${PEER_NAME}"`
    }
    if (found.length) {
      return `"${other}" is still in ${found.join(', ')}. Replace it with "${name}", and make sure that "${name}" is listed only once: two session packages in one app conflict with each other`
    }
  }
  return null
}
