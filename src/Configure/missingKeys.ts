import type * as TypeScript from 'typescript'
import { parse, type Compiler } from './sourceEdits'

/** What an app needs for one driver, and can leave out with another one. */
const OF_DRIVERS = ['file', 'redisConnection', 'database']

/**
 * The keys of a config that another one lacks, with their values, such as `cookie.secure: true`. A config of another
 * form than an object in the file, or one that spreads others, may have any key: then nothing is said of it.
 */
export function missingKeys(ts: Compiler, config: string, template: string): string[] {
  const known = exportedObject(ts, template)!
  const own = exportedObject(ts, config)
  return own ? lacking(ts, own, known, '').map((text) => text.replace(/\s+/g, ' ')) : []
}

function lacking(
  ts: Compiler,
  own: TypeScript.ObjectLiteralExpression,
  known: TypeScript.ObjectLiteralExpression,
  prefix: string
): string[] {
  if (own.properties.some(ts.isSpreadAssignment)) {
    return []
  }
  return known.properties.filter(ts.isPropertyAssignment).flatMap((property) => {
    const key = nameOf(property)
    const found = own.properties.find((other) => nameOf(other) === key)
    if (!found) {
      return OF_DRIVERS.includes(key) ? [] : [`${prefix}${key}: ${property.initializer.getText()}`]
    }
    const isNested = ts.isPropertyAssignment(found) && key === 'cookie'
    return isNested && ts.isObjectLiteralExpression(found.initializer)
      ? lacking(ts, found.initializer, property.initializer as typeof known, `${key}.`)
      : []
  })
}

function nameOf({ name }: TypeScript.ObjectLiteralElementLike): string {
  return name?.getText().replace(/['"]/g, '') ?? ''
}

/** The object of `export default`, or the one that is given to a function there. */
function exportedObject(ts: Compiler, text: string) {
  const exported = parse(ts, text)?.statements.find(ts.isExportAssignment)?.expression
  const value = exported && ts.isCallExpression(exported) ? exported.arguments[0] : exported
  return value && ts.isObjectLiteralExpression(value) ? value : undefined
}
