declare module '@ioc:Adonis/Addons/Session' {
  /**
   * What a session can hold: anything that JSON can represent, and dates and bigints, which come back as
   * strings. Anything else raises `E_SESSION_UNSERIALIZABLE`, when it is put or when the session is stored.
   */
  export type AllowedSessionValues =
    string | boolean | number | bigint | object | Date | Array<any> | null

  /**
   * Values stored under keys. A key can be a dotted path into an object or array: `user.name`, `items.0`.
   * Flash messages and the values of a session are kept in such stores.
   */
  export interface StoreContract {
    /** Whether there are no values. */
    isEmpty: boolean

    /**
     * Sets the value of a key.
     *
     * @throws E_SESSION_UNSERIALIZABLE
     */
    set(key: string, value: AllowedSessionValues): void

    /**
     * Adds `steps` to a number, 1 by default. A missing value counts as 0.
     *
     * @throws E_SESSION_NOT_A_NUMBER
     */
    increment(key: string, steps?: number): void

    /**
     * Subtracts `steps` from a number, 1 by default. A missing value counts as 0.
     *
     * @throws E_SESSION_NOT_A_NUMBER
     */
    decrement(key: string, steps?: number): void

    /**
     * Adds items to the end of an array, creating the array if it doesn't exist.
     *
     * @throws E_SESSION_NOT_AN_ARRAY, E_SESSION_UNSERIALIZABLE
     */
    push(key: string, ...items: AllowedSessionValues[]): void

    /** Replaces all existing values with the given ones. */
    update(values: Record<string, any>): void

    /** Merges values into the existing ones: plain objects are merged deeply, anything else is replaced. */
    merge(values: Record<string, any>): any

    /** Returns all values. */
    all(): any

    /** Returns the value of a key, or the default value if it is undefined or null. */
    get(key: string, defaultValue?: any): any

    /**
     * Whether the key has a value other than undefined and null. An empty array counts as no value, unless
     * `checkForArraysLength` is `false`.
     */
    has(key: string, checkForArraysLength?: boolean): boolean

    /** Whether the key exists, even if its value is null. */
    exists(key: string): boolean

    /** Removes a key. */
    unset(key: string): void

    /** Removes all keys. */
    clear(): void

    /** Reads a value and removes it. */
    pull(key: string, defaultValue?: any): any

    /** The same as `all`. */
    toObject(): any

    /** The same as `all`, for `JSON.stringify`. */
    toJSON(): any
  }
}
