declare module '@ioc:Adonis/Addons/Session' {
  /**
   * What a session can hold: what JSON can say, and dates and bigints, which come back as text. Anything
   * else is `E_SESSION_UNSERIALIZABLE`, when it is put or when the session is stored.
   */
  export type AllowedSessionValues =
    string | boolean | number | bigint | object | Date | Array<any> | null

  /**
   * Values under keys. A dot in a key leads into an object or array: `user.name`, `items.0`. Flash messages
   * are kept in such stores, and the values of a session.
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
     * Adds to a number, 1 unless told otherwise. An absent one counts as 0.
     *
     * @throws E_SESSION_NOT_A_NUMBER
     */
    increment(key: string, steps?: number): void

    /**
     * Subtracts from a number, 1 unless told otherwise. An absent one counts as 0.
     *
     * @throws E_SESSION_NOT_A_NUMBER
     */
    decrement(key: string, steps?: number): void

    /**
     * Adds items to the end of an array. An absent one is created.
     *
     * @throws E_SESSION_NOT_AN_ARRAY, E_SESSION_UNSERIALIZABLE
     */
    push(key: string, ...items: AllowedSessionValues[]): void

    /** Replaces all values by these. */
    update(values: Record<string, any>): void

    /** Merges values into those that are there: plain objects deeply, anything else is replaced. */
    merge(values: Record<string, any>): any

    /** All values. */
    all(): any

    /** The value of a key; the default value when it is undefined or null. */
    get(key: string, defaultValue?: any): any

    /**
     * Whether a key has a value other than undefined and null. An empty array counts as none,
     * unless `checkForArraysLength` is `false`.
     */
    has(key: string, checkForArraysLength?: boolean): boolean

    /** Whether a key is there, also with null. */
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
