/** Reads a stream of texts to its end. */
export async function concatenate(parts: AsyncIterable<string | null>): Promise<string> {
  let all = ''
  for await (const part of parts) all += part ?? ''
  return all
}
