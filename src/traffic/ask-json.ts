const timeoutMs = 10_000;

/** Asks a service for JSON. @throws Error in one line, with the address, if there is no such answer */
export async function askJson(url: URL | string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.json();
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    throw new Error(`${url}: no answer (${cause?.code ?? message})`);
  }
}
