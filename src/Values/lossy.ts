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

export function isBoxed(value: unknown): boolean {
  return types.isNumberObject(value) || types.isStringObject(value) || types.isBooleanObject(value)
}

/** The name of what cannot be stored, for the error. */
export function nameOf(value: object): string {
  const name = value.constructor?.name
  return name && name !== 'Object' ? name : Object.prototype.toString.call(value).slice(8, -1)
}
