import { types } from 'util'

/** Objects that JSON writes as `{}` or worse, in silence, wherever they were made. */
export function isLossy(value: object): boolean {
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isRegExp(value) ||
    types.isNativeError(value) ||
    types.isPromise(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    value instanceof Error
  )
}

/** JSON writes it as `null`. */
export function isInvalidDate(value: object): boolean {
  return types.isDate(value) && Number.isNaN(Date.prototype.getTime.call(value))
}

/** A symbol among the keys that an object shows, which JSON leaves out. */
export function symbolIn(value: object): symbol | undefined {
  const symbols = Object.getOwnPropertySymbols(value)
  const isShown = (symbol: symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol)
  return symbols.length ? symbols.find(isShown) : undefined
}

/** A name among the indexes of an array, which JSON leaves out. */
export function nameIn(list: unknown[]): string | undefined {
  // The indexes come first.
  const last = Object.keys(list).pop()
  return last === undefined || String(Number(last) >>> 0) === last ? undefined : last
}

/** Has an array without gaps no names beside its indexes? To count values is quicker than to list keys. */
export function hasIndexesOnly(list: unknown[]): boolean {
  return Object.values(list).length === list.length
}

export function isBoxed(value: unknown): boolean {
  return types.isNumberObject(value) || types.isStringObject(value) || types.isBooleanObject(value)
}

/** The name of what cannot be stored, for the error. */
export function nameOf(value: object): string {
  const name = value.constructor?.name
  return name && name !== 'Object' ? name : Object.prototype.toString.call(value).slice(8, -1)
}
