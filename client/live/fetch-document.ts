/**
 * XMLHttpRequest reads HTML into a document of its own, where no script runs: no HTML string touches this page.
 * @returns null when there was no page, or the signal came first
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

/** "There is nothing here", or no more, is a page like any other, with a header and a cart. */
function isPage({ status }: XMLHttpRequest): boolean {
  return status === 200 || status === 404 || status === 410;
}
