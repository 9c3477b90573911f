import type { StoreContract } from '@ioc:Adonis/Addons/Session'
import type { TagContract, TemplateConstructorContract, ViewContract } from '@ioc:Adonis/Core/View'
import { errorsByCode, errorsOfField } from '../Flash/errors'
import { isEmpty, owns } from '../Values/paths'

type Parser = Parameters<TagContract['compile']>[0]
type EdgeBuffer = Parameters<TagContract['compile']>[1]
type TagToken = Parameters<TagContract['compile']>[2]

interface FlashTag {
  /** What the block can show, under this name. */
  local: '$message' | '$messages'
  takes: 0 | 1
  /** `undefined`: the block isn't rendered. */
  find: (messages: StoreContract, key: string) => unknown
}

/** The tags, by name. They're those of `@adonisjs/session` 8. */
const TAGS: Record<string, FlashTag> = {
  flashMessage: {
    local: '$message',
    takes: 1,
    find: (messages, key) => (messages.has(key) ? messages.get(key) : undefined),
  },
  inputError: {
    local: '$messages',
    takes: 1,
    find: (messages, field) => {
      const errors = errorsOfField(messages, field)
      return errors.length ? errors : undefined
    },
  },
  error: {
    local: '$message',
    takes: 1,
    find: (messages, code) => {
      const errors = errorsByCode(messages)
      return owns(errors, code) ? (errors[code] ?? undefined) : undefined
    },
  },
  errors: {
    local: '$messages',
    takes: 0,
    find: (messages) => {
      const errors = errorsByCode(messages)
      return isEmpty(errors) ? undefined : errors
    },
  },
}

/** `@error="retry()"` on a line of its own is an attribute of Alpine or Vue, and no tag. */
const ATTRIBUTE = new RegExp(`^(\\s*)@(${Object.keys(TAGS).join('|')})(?=\\s*=)`, 'gm')

/**
 * Registers the tags that show flash messages. A tag of the app or of another package stays, whether it's registered
 * before or after.
 */
export function defineViewBindings(View: ViewContract) {
  const names = Object.keys(TAGS).filter((name) => !owns((View as any).tags, name))
  names.forEach((name) => View.registerTag(tagOf(name)))
  View.processor.process('raw', ({ raw }) => raw.replace(ATTRIBUTE, `$1{{ '@$2' }}`))
}

function tagOf(tagName: string): TagContract {
  const { local, takes, find } = TAGS[tagName]
  let Template: TemplateConstructorContract

  return {
    tagName,
    block: true,
    seekable: true,

    /** A template asks by `template.flashed…`. Without a request, as in an email, there are no messages. */
    boot(template) {
      Template = template
      template.macro(
        finderOf(tagName) as any,
        (messages: StoreContract | undefined, key: unknown) =>
          messages ? find(messages, String(key)) : undefined
      )
    },

    compile(parser, buffer, token) {
      const given = argumentsOf(parser, token)
      if (given.length !== takes) {
        throw edgeError(
          Template,
          token,
          `${usageOf(tagName)}, and is given ${given.length || 'none'}`
        )
      }
      const { filename, loc } = token
      const [shown, otherwise] = branchesOf(token)
      const asked = ['state.flashMessages', ...given].join(', ')

      buffer.writeStatement(
        `{ const $found = template.${finderOf(tagName)}(${asked}); if ($found !== undefined) { const ${local} = $found;`,
        filename,
        loc.start.line
      )
      parser.stack.defineScope()
      parser.stack.has(local) || parser.stack.defineVariable(local)
      write(shown, parser, buffer)
      parser.stack.clearScope()
      write(otherwise, parser, buffer)
      buffer.writeStatement('} }', filename, -1)
    },
  }
}

function finderOf(tagName: string): string {
  return `flashed${tagName[0].toUpperCase()}${tagName.slice(1)}`
}

function usageOf(tagName: string): string {
  return TAGS[tagName].takes
    ? `@${tagName} takes one argument, such as @${tagName}('${tagName === 'error' ? 'E_CODE' : 'name'}')`
    : `@${tagName}() takes no argument`
}

/** The arguments of a tag, as JavaScript that reads its variables from the state of the template. */
function argumentsOf(parser: Parser, { properties, loc, filename }: TagToken): string[] {
  if (!properties.jsArg.trim()) {
    return []
  }
  const { utils } = parser
  const parsed = utils.transformAst(
    utils.generateAST(properties.jsArg, loc, filename),
    filename,
    parser
  )
  const all: any[] = parsed.type === 'SequenceExpression' ? parsed.expressions : [parsed]
  return all.map((expression) => utils.stringify(expression))
}

/** The children of a tag before and from its `@else` or `@elseif`, in which there is no message. */
function branchesOf({ children }: TagToken) {
  const isOtherwise = (child: any) =>
    child.type === 'tag' && ['else', 'elseif'].includes(child.properties.name)
  const at = children.findIndex(isOtherwise)
  return at < 0 ? [children, []] : [children.slice(0, at), children.slice(at)]
}

function write(tokens: TagToken['children'], parser: Parser, buffer: EdgeBuffer) {
  tokens.forEach((token) => parser.processToken(token, buffer))
}

/** An error of Edge, which shows the line of the template. Edge doesn't export its class. */
function edgeError(
  Template: TemplateConstructorContract,
  { filename, loc }: TagToken,
  text: string
) {
  try {
    const { line, col } = loc.start
    return (Template.prototype as any).newError(text, filename, line, col)
  } catch (error) {
    return Object.assign(error, { code: 'E_INVALID_ARGUMENTS_COUNT' })
  }
}
