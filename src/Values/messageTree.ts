import { isSame } from './merge'
import { isEmpty, isPlainObject, isSafeKey, owns, Values } from './paths'

/**
 * For each message, a token of the request that flashed it: equal messages can be told apart. Where the messages below
 * a key have different tokens, its text is the JSON of these.
 */
export type Tokens = Record<string, string>

/** A message, and its token; `undefined`: the driver keeps none. */
export interface Message {
  value: unknown
  token: string | undefined
}

/** Messages by their keys: what a plain object holds. Anything else is a message, and so is an object without keys. */
export type Tree = ReadonlyMap<string, Message | Tree>

type Node = Message | Tree

export const NO_MESSAGES: Tree = new Map()

function isTree(node: Node | undefined): node is Tree {
  return node instanceof Map
}

/** Messages with their tokens. A single token is that of all of them. */
export function treeOf(messages: Values, tokens?: unknown): Tree {
  if (isEmpty(messages)) {
    return NO_MESSAGES
  }
  const tree = new Map<string, Node>()
  for (const key of Object.keys(messages).filter(isSafeKey)) {
    const value = messages[key]
    const token = typeof tokens === 'string' ? tokens : tokenBelow(tokens, key)
    const isMessage = !isPlainObject(value) || isEmpty(value)
    tree.set(
      key,
      isMessage
        ? { value, token: typeof token === 'string' ? token : undefined }
        : treeOf(value, token)
    )
  }
  return tree
}

/** The places of all that is under some keys. */
export function placesOf(keys: string[]): Tree {
  return new Map(keys.map((key) => [key, { value: null, token: undefined }]))
}

/** The token under a key, or the tokens below it. Damaged ones are none. */
function tokenBelow(tokens: unknown, key: string): unknown {
  const token = isPlainObject(tokens) && owns(tokens, key) ? tokens[key] : undefined
  try {
    return typeof token === 'string' && token.startsWith('{') ? JSON.parse(token) : token
  } catch {
    return undefined
  }
}

export function valuesOf(tree: Tree): Values {
  const values: Values = {}
  for (const [key, node] of tree) {
    values[key] = isTree(node) ? valuesOf(node) : node.value
  }
  return values
}

export function tokensOf(tree: Tree): Tokens {
  const tokens: Tokens = {}
  for (const [key, node] of tree) {
    const token = tokenOf(node)
    if (token !== undefined) {
      tokens[key] = typeof token === 'string' ? token : JSON.stringify(token)
    }
  }
  return tokens
}

/** The token that all messages of a node have, or the tokens by their keys. */
function tokenOf(node: Node): string | undefined | Values {
  if (!isTree(node)) {
    return node.token
  }
  const tokens: Values = {}
  for (const [key, below] of node) {
    tokens[key] = tokenOf(below)
  }
  const [first, ...others] = Object.values(tokens)
  const isOne = typeof first !== 'object' && others.every((token) => token === first)
  return isOne ? first : tokens
}

/** The messages of a tree that are wanted. */
export function pickMessages(tree: Tree, isWanted: (message: Message) => boolean): Tree {
  const picked = new Map<string, Node>()
  for (const [key, node] of tree) {
    const wanted = isTree(node) ? pickMessages(node, isWanted) : node
    if (isTree(wanted) ? wanted.size : isWanted(wanted)) {
      picked.set(key, wanted)
    }
  }
  return picked
}

type Measure = (one: Node, other: Node) => boolean

/** The messages of a tree without those that another one has in the same place, by a measure of what is the same. */
export function without(tree: Tree, other: Tree, isSameMessage: Measure): Tree {
  if (!tree.size || !other.size) {
    return tree
  }
  const left = new Map<string, Node>()
  for (const [key, node] of tree) {
    const there = other.get(key)
    if (isTree(node) && isTree(there)) {
      const below = without(node, there, isSameMessage)
      below.size && left.set(key, below)
    } else if (!there || !isSameMessage(node, there)) {
      left.set(key, node)
    }
  }
  return left
}

/** The messages of both trees; in the same place, that of the other one. */
export function plus(tree: Tree, other: Tree): Tree {
  if (!tree.size || !other.size) {
    return tree.size ? tree : other
  }
  const all = new Map(tree)
  for (const [key, node] of other) {
    const there = tree.get(key)
    if (isTree(there) && isTree(node)) {
      all.set(key, plus(there, node))
    } else if (!isTree(there) || !addsNothing(node)) {
      all.set(key, node)
    }
  }
  return all
}

/** An object without keys leaves the messages that it is merged into as they are. */
function addsNothing(node: Node): boolean {
  return !isTree(node) && isPlainObject(node.value)
}

/** Whatever stands in the place. */
export const inPlace: Measure = () => true

export const byValue: Measure = (one, other) =>
  !isTree(one) && !isTree(other) && isSame(one.value, other.value)

/** Where the driver keeps no tokens, an equal message is the same one. */
export const byToken: Measure = (one, other) =>
  isTree(one) || isTree(other) || one.token === undefined
    ? byValue(one, other)
    : one.token === other.token
