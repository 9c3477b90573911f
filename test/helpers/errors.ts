/** The error that is raised, at once or later. Raising none is one as well. */
export async function errorOf(run: () => unknown): Promise<Error & { code?: string }> {
  try {
    await run()
  } catch (error) {
    return error
  }
  throw new Error('Expected an error, and none was raised')
}
