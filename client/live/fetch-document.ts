/**
 * Loads a page. XMLHttpRequest parses HTML into a document of its own, in which no script runs. So no HTML string
 * reaches this page.
 * @returns null when no page came, or when the signal was aborted
 */
export function fetchDocument(url: string, signal?: AbortSignal): Promise<Document | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.responseType = 'document';
    request.timeout = 10_000;
    request.addEventListener('loadend', () =>
      resolve(isPage(request) ? request.responseXML : null),
    );
    signal?.addEventListener('abort', () => request.abort());
    request.open('GET', url);
    request.setRequestHeader('accept', 'text/html');
    request.send();
  });
}

/** The pages for 404 and 410 have a header with the visitor's data, like any other page. */
function isPage({ status }: XMLHttpRequest): boolean {
  return status === 200 || status === 404 || status === 410;
}
