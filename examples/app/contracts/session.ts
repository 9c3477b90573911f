/** What the sessions and the flash messages of this app hold: the verbs check and complete keys and values. */
declare module '@ioc:Adonis/Addons/Session' {
  interface SessionValues {
    userId: number
    visits: number
    parallel: number
    /** In milliseconds since the epoch. */
    startedAt: number
    /** Amounts by the id of the product. */
    cart: { items: Record<string, number> }
  }

  interface FlashValues {
    success: string
    notice: string
    idChange: { before: string; after: string }
    errors: Record<string, string[]>
  }

  /** A key that is not declared is an error. */
  interface SessionTyping {
    strict: true
  }
}
