import { otherNames, isInstalled } from './packageName'
import { readFrom } from './edits'

/** What an app with the redis driver still lacks, or `null`. */
export function missingRedis(projectRoot: string, providers: string[]): string | null {
  const configure = 'node ace configure @adonisjs/redis'

  if (!isInstalled(projectRoot, '@adonisjs/redis')) {
    // The latest version is not for AdonisJS 5.
    return `The redis driver needs @adonisjs/redis, which is not installed. Run "npm i @adonisjs/redis@7" and "${configure}"`
  }
  return providers.includes('@adonisjs/redis')
    ? null
    : `The redis driver needs @adonisjs/redis, which is not configured. Run "${configure}"`
}

/**
 * Where an app still mentions its sessions under another name than the installed one, or `null`.
 * That package may be in use on purpose, so that its removal is left to the user.
 */
export function otherPackage(projectRoot: string, name: string, files: string[]): string | null {
  for (const other of otherNames(name)) {
    const mention = new RegExp(`['"]${other}['"/]`)
    const found = files.filter((file) => mention.test(readFrom(projectRoot, file)))

    if (found.length) {
      return `"${other}" is still in ${found.join(', ')}. Put "${name}" there, and only once: two session packages in one app get into each other's way`
    }
  }
  return null
}
