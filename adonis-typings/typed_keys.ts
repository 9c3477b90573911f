/**
 * Typed keys. An app says in two interfaces what its sessions and flash messages hold; the verbs then complete and check
 * their keys and values. The types below that take `Values` are given one of the two.
 *
 * Two rules keep them cheap for the compiler and safe for apps:
 *
 * - Paths are listed for completion only, to a bounded depth. A key is checked by following its text, at any depth.
 * - In an app that declares nothing, each type is what it was without typed keys, before a verb is called: `string`
 *   for a key, `any` for what is read. Fakes, wrappers and generic code then compile as they did.
 */
declare module '@ioc:Adonis/Addons/Session' {
  // What is not exported by name stays in this file: no editor offers it for an import.
  export {}

  /**
   * What the sessions of the app hold. Declare it in `contracts/session.ts`, and the verbs of `ctx.session` complete
   * and check their keys, which may be dotted paths, and their values:
   *
   * ```ts
   * declare module '@ioc:Adonis/Addons/Session' {
   *   interface SessionValues {
   *     cart: { items: Record<string, number>; coupon?: string }
   *   }
   * }
   * ```
   *
   * The value of a key is read as what JSON gives back: a `Date` is read as a string. Within an object, declare what
   * is read: `{ since: string }`.
   */
  export interface SessionValues {}

  /** What the flash messages of the app hold. It works like `SessionValues`. */
  export interface FlashValues {}

  /**
   * `interface SessionTyping { strict: true }` makes keys that are not declared an error, other than `FrameworkKey`. It
   * has no effect on the values of a session, or on flash messages, if none of them are declared.
   */
  export interface SessionTyping {}

  /** Keys of auth, shield and this package. They need no declaration. */
  export type FrameworkKey = `auth_${string}` | 'csrf-secret' | `__${string}`

  type IsDeclared<Values> = [keyof Values] extends [never] ? false : true
  type IsStrict = SessionTyping extends { strict: true } ? true : false

  /** The type of a path that leads to nothing declared. */
  interface NotDeclared {
    ' is not declared': never
  }

  /** What is stored as something else than it is, such as a `Date`. */
  interface Jsonable {
    toJSON(...args: any[]): any
  }

  /** Values that have no keys of the app. */
  type Leaf =
    | string
    | number
    | boolean
    | bigint
    | symbol
    | null
    | undefined
    | ((...args: any[]) => any)
    | Jsonable

  /** How many levels of paths are listed. An editor gets slow with more, and a recursive type has no end. */
  type Levels = 3

  /** The declared paths, for completion. What is in arrays and under any other open set of keys is not listed. */
  export type PathOf<Values, Above extends any[] = []> = Values extends Leaf | readonly any[]
    ? never
    : Above['length'] extends Levels
      ? never
      : {
          [Key in keyof Values & string]: string extends Key
            ? never
            : Key | `${Key}.${PathOf<NonNullable<Values[Key]>, [...Above, Key]>}`
        }[keyof Values & string]

  /** The declared type under one key. Of an array these are its items, and a text has none. */
  type PropertyOf<Parent, Key extends string> = Parent extends Leaf
    ? NotDeclared
    : Parent extends readonly any[]
      ? Key extends `${number}`
        ? Parent[Key extends keyof Parent ? Key : number]
        : NotDeclared
      : Key extends keyof Parent
        ? Parent[Key]
        : Key extends `${keyof Parent & number}`
          ? Parent[keyof Parent & number]
          : NotDeclared

  /** The declared type at a path of any depth. Unlike `PathOf` it costs only what the path is long. */
  type ValueAt<Parent, Path extends string> = Path extends `${infer Key}.${infer Rest}`
    ? ValueAt<NonNullable<PropertyOf<Parent, Key>>, Rest>
    : PropertyOf<Parent, Path>

  /** The same for a key, which may have dots of its own. */
  type DeclaredAt<Values, Key extends string> = Key extends keyof Values
    ? Values[Key]
    : ValueAt<Values, Key>

  /** Nothing if the values under all keys are of a kind, and otherwise why one is not. */
  type Misfit<Values, Key extends string, Kind> = Key extends string
    ? [DeclaredAt<Values, Key>] extends [NotDeclared]
      ? NotDeclared
      : [Exclude<DeclaredAt<Values, Key>, NotDeclared | null | undefined>] extends [Kind]
        ? never
        : 'of another kind'
    : never

  /** The declared paths of values of a kind. */
  type PathTo<Values, Kind, Path extends string = PathOf<Values>> = Path extends string
    ? [Misfit<Values, Path, Kind>] extends [never]
      ? Path
      : never
    : never

  /** Keys that may be used although they are not declared. */
  type OtherKey<Known> = IsStrict extends true ? Known : string & {}

  /**
   * A key of a value of a kind. `Key` stands alone in a branch, so that it's inferred as the whole text of the key. While
   * the text is not that of a declared key, a branch with the paths applies, which an editor completes.
   */
  type KeyTo<Values, Key extends string, Kind, Paths, Known = never> =
    IsDeclared<Values> extends true
      ? [Misfit<Values, Key, Kind>] extends [never]
        ? Key
        : [Misfit<Values, Key, Kind>] extends [NotDeclared]
          ? Paths | OtherKey<Known>
          : Paths
      : string

  export type SessionKey<Key extends string> = KeyTo<
    SessionValues,
    Key,
    unknown,
    PathOf<SessionValues>,
    FrameworkKey
  >
  export type FlashKey<Key extends string> = KeyTo<FlashValues, Key, unknown, PathOf<FlashValues>>
  export type NumberKeyOf<Values, Key extends string> = KeyTo<
    Values,
    Key,
    number,
    PathTo<Values, number>
  >
  export type ListKeyOf<Values, Key extends string> = KeyTo<
    Values,
    Key,
    readonly any[],
    PathTo<Values, readonly any[]>
  >

  /** What reading a declared value gives. */
  type Read<Value> = Value extends Jsonable
    ? ReturnType<Value['toJSON']>
    : Value extends bigint
      ? string
      : Value

  /** What is read under a key, other than undefined and null. */
  type ReadOf<Values, Key extends string> =
    IsDeclared<Values> extends true
      ? [DeclaredAt<Values, Key>] extends [NotDeclared]
        ? any
        : Read<Exclude<DeclaredAt<Values, Key>, NotDeclared | null | undefined>>
      : any

  /** What is read under a key, or else the default. A default of the type that is read adds nothing to it. */
  export type ReadOr<Values, Key extends string, Default> =
    IsDeclared<Values> extends true
      ? | ReadOf<Values, Key>
        | ([Default] extends [ReadOf<Values, Key>] ? never : NotInferred<Default>)
      : any

  /** What is expected of the result says nothing about the default: without one, the result may be undefined. */
  type NotInferred<Type> = [Type][Type extends any ? 0 : never]

  /** Any value, of a type parameter as well. It names the primitive types so that `'light'` is inferred as that, and not as `string`. */
  export type Anything = string | number | boolean | bigint | {} | null | undefined

  /** A default value. Its type only matters where what is read has one. */
  export type DefaultOf<Values, Default> = IsDeclared<Values> extends true ? Default : any

  /** What `increment` and `decrement` give. */
  export type NumberOf<Values> = IsDeclared<Values> extends true ? number : any

  /** What can be written under a key: the declared type, and what reading it gives. */
  export type InputOf<Values, Key extends string> =
    IsDeclared<Values> extends true
      ? [DeclaredAt<Values, Key>] extends [NotDeclared]
        ? AllowedSessionValues
        : | Exclude<DeclaredAt<Values, Key>, NotDeclared | undefined>
          | Read<Exclude<DeclaredAt<Values, Key>, NotDeclared | undefined>>
      : AllowedSessionValues

  /** What can be added to the array under a key. */
  export type ItemOf<Values, Key extends string> = InputOf<Values, `${Key}.${number}`>

  /**
   * The callback of `remember`. The first part infers what it makes, down to the literal, and the second one refuses
   * what can't be written under the key.
   */
  export type MakerOf<Values, Key extends string, Made> = (() => Made | Promise<Made>) &
    (IsDeclared<Values> extends true
      ? [Made] extends [InputOf<Values, Key>]
        ? unknown
        : () => InputOf<Values, Key> | Promise<InputOf<Values, Key>>
      : unknown)

  /** What `remember` gives: a value that it finds, or the one that it makes. */
  export type Remembered<Values, Key extends string, Made> =
    IsDeclared<Values> extends true
      ? [DeclaredAt<Values, Key>] extends [NotDeclared]
        ? Made
        : ReadOr<Values, Key, Made>
      : Made

  /** An object to write, with the given keys, and `Known` with those that need no declaration. */
  export type InputsOf<Values, Key extends string, Known = {}> =
    IsDeclared<Values> extends true
      ? { [K in Key]?: InputOf<Values, K> } & (IsStrict extends true
          ? Known
          : Record<string, AllowedSessionValues>)
      : Record<string, AllowedSessionValues>

  /** The same for `FrameworkKey`. A pattern must not be optional: `undefined` could then be put. */
  export type FrameworkInputs = Record<
    Exclude<FrameworkKey, 'csrf-secret'>,
    AllowedSessionValues
  > & {
    'csrf-secret'?: AllowedSessionValues
  }

  /** Keys that are not declared, beside those that are. */
  type Others = IsStrict extends true ? unknown : Record<string, any>

  /** All values, as they are read. Any of them may be missing. */
  export type AllOf<Values> =
    IsDeclared<Values> extends true ? { [Key in keyof Values]?: Read<Values[Key]> } & Others : any

  /** `cart` of `cart.items.1`. */
  type HeadOf<Path extends string> = Path extends `${infer Key}.${string}` ? Key : Path

  /** `items.1` of `cart.items.1`, if its head is `cart`. */
  type TailOf<Path extends string, Head> = Path extends `${Head & string}.${infer Rest}`
    ? Rest
    : never

  /** What `only` gives: the values of the keys, at their places. */
  export type OnlyOf<Values, Key extends string> =
    IsDeclared<Values> extends true
      ? [Extract<ValueAt<Values, Key>, NotDeclared>] extends [never]
        ? Picked<Values, Key>
        : Record<string, any>
      : Record<string, any>

  type Picked<Parent, Path extends string> = {
    [Key in HeadOf<Path>]?: Key extends Path
      ? Read<Exclude<PropertyOf<Parent, Key>, undefined>>
      : Picked<NonNullable<PropertyOf<Parent, Key>>, TailOf<Path, Key>>
  }

  /** What `except` gives: all values without those of the keys. */
  export type ExceptOf<Values, Key extends string> =
    IsDeclared<Values> extends true ? Partial<Omitted<Values, Key>> & Others : Record<string, any>

  type Omitted<Parent, Path extends string> = Parent extends Leaf | readonly any[]
    ? Read<Parent>
    : {
        [Key in keyof Parent as Key extends Path ? never : Key]: Key extends HeadOf<Path>
          ? Omitted<Parent[Key], TailOf<Path, Key>>
          : Read<Parent[Key]>
      }

  /** Flash messages: a store whose keys and values are those of `FlashValues`, if the app declares them. */
  export interface FlashMessagesContract extends StoreContract {
    set<Key extends string>(key: FlashKey<Key>, value: InputOf<FlashValues, Key>): void
    increment<Key extends string>(key: NumberKeyOf<FlashValues, Key>, steps?: number): void
    decrement<Key extends string>(key: NumberKeyOf<FlashValues, Key>, steps?: number): void
    push<Key extends string>(
      key: ListKeyOf<FlashValues, Key>,
      ...items: ItemOf<FlashValues, Key>[]
    ): void
    all(): AllOf<FlashValues>
    get<Key extends string, Default extends Anything = undefined>(
      key: FlashKey<Key>,
      defaultValue?: DefaultOf<FlashValues, Default>
    ): ReadOr<FlashValues, Key, Default>
    has<Key extends string>(key: FlashKey<Key>, checkForArraysLength?: boolean): boolean
    exists<Key extends string>(key: FlashKey<Key>): boolean
    unset<Key extends string>(key: FlashKey<Key>): void
    pull<Key extends string, Default extends Anything = undefined>(
      key: FlashKey<Key>,
      defaultValue?: DefaultOf<FlashValues, Default>
    ): ReadOr<FlashValues, Key, Default>
  }
}
