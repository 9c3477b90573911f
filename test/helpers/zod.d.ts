/**
 * Stands in for the types of zod, by `paths` in tsconfig.json: those of playwright name it where it's installed, and
 * TypeScript 4.9 can't read zod 4.
 */
export type ZodTypeAny = any
export namespace z {
  export type infer<_Type> = any
}
