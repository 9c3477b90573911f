import type { StoreContract } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { getPath, isPlainObject, owns, Values } from '../Values/paths'

/** Where errors are among the messages: those of AdonisJS 5's validator, and the two bags of AdonisJS 6. */
const FIELDS = 'errors'
const INPUT_BAG = 'inputErrorsBag'
const BAG = 'errorsBag'

/** The code of a validation error of AdonisJS 5. */
const VALIDATION_CODE = 'E_VALIDATION_FAILURE'

const SUMMARY = 'The form could not be saved. Please check the errors below.'

/** Fields that `flashValidationErrors` doesn't flash, at any depth, whatever `dontFlash` says. */
export const SECRET_FIELDS = ['_csrf', '_method', 'password', 'password_confirmation']

/** What a validation error leaves for the next page. */
export interface ValidationMessages {
  errors: Record<string, string[]>
  inputErrorsBag: Record<string, string[]>
  errorsBag: Record<string, string>
}

/** The errors of one field, whose name may have dots: `user.name`, `tags.0`. */
export function errorsOfField(messages: StoreContract, field: string): any[] {
  const inBag = listOf(valuesIn(messages, INPUT_BAG), field)
  return inBag.length ? inBag : listOf(valuesIn(messages, FIELDS), field)
}

/** The errors that belong to no field, by their codes. The validator of AdonisJS 5 flashes none: it counts as one. */
export function errorsByCode(messages: StoreContract): Values {
  const fields = valuesIn(messages, FIELDS)
  const isInvalid = Object.keys(fields).some((field) => listOf(fields, field).length > 0)
  const isTold = messages.has(INPUT_BAG)
  return {
    ...(isInvalid && !isTold && { [VALIDATION_CODE]: SUMMARY }),
    ...valuesIn(messages, BAG),
  }
}

/** Old input may have the name of a bag: what is no object of messages has none. */
function valuesIn(messages: StoreContract, key: string): Values {
  const values = messages.get(key)
  return isPlainObject(values) ? values : {}
}

/** A single message is a list of one. Fields below others aren't messages. */
function listOf(values: Values, field: string): any[] {
  const found = getPath(values, field) ?? []
  return Array.isArray(found) ? found : isPlainObject(found) ? [] : [found]
}

/**
 * The messages of an error that a validator has raised, in the shape of any of its reporters.
 *
 * @throws E_SESSION_NOT_A_VALIDATION_ERROR
 */
export function messagesOf(error: any): ValidationMessages {
  const fields: Record<string, string[]> = {}
  for (const [field, message] of reported(error?.messages)) {
    owns(fields, field) || (fields[field] = [])
    fields[field].push(message)
  }
  const { code = VALIDATION_CODE } = error
  return { errors: fields, inputErrorsBag: fields, errorsBag: { [code]: SUMMARY } }
}

type Reported = [field: string, message: string]

/** A list, a list under `errors` (api, jsonapi), or lists by field (vanilla). */
function reported(messages: any): Reported[] {
  if (Array.isArray(messages)) {
    return messages.map(ofItem)
  }
  if (!isPlainObject(messages)) {
    throw SessionException.notAValidationError()
  }
  const { errors } = messages
  return Array.isArray(errors) && errors.every((item) => typeof item === 'object')
    ? errors.map(ofItem)
    : Object.entries(messages).flatMap(([field, texts]) => [texts].flat().map(ofText(field)))
}

function ofItem(item: any): Reported {
  return ofText(item?.field ?? item?.source?.pointer)(item?.message ?? item?.title)
}

function ofText(field: unknown) {
  return (message: unknown): Reported => {
    if (typeof field !== 'string' || typeof message !== 'string') {
      throw SessionException.notAValidationError()
    }
    return [field, message]
  }
}
