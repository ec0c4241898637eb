// Keeps the page up to date: the only script of ours that a browser runs. It gets the page's header and main part as
// markup, over server-sent events, and changes only what differs, so that what is open, focused or selected stays so.
(() => {
  const status = document.getElementById('live');
  const retryMs = 10_000;
  let source;
  let retry;

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  function open() {
    if (source || document.hidden) return;
    clearTimeout(retry);
    source = new EventSource(`/updates${location.search}`);
    source.onmessage = ({ data }) => {
      show(data);
      say('● Live');
    };
    source.onerror = () => {
      say('Not connected: what you see may be old');
      // refused, and so not tried again by the browser itself
      if (source.readyState !== EventSource.CLOSED) return;
      close();
      retry = setTimeout(open, retryMs);
    };
  }

  function close() {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) return open();
    close();
    say('Paused');
  });
  open();

  function show(markup) {
    const focused = document.activeElement;
    const fresh = new DOMParser().parseFromString(markup, 'text/html');
    for (const part of ['header', 'main']) {
      patch(document.querySelector(part), fresh.querySelector(part));
    }
    // an element that was moved has lost it
    if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
  }

  /** Makes an element like another of the same name. */
  function patch(element, fresh) {
    if (element === status) return;
    for (const { name } of [...element.attributes]) {
      if (!fresh.hasAttribute(name) && !isReaders(element, name)) element.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (element.getAttribute(name) !== value && !isReaders(element, name))
        element.setAttribute(name, value);
    }
    patchChildren(element, fresh);
  }

  /** What is open is up to the reader. */
  function isReaders(element, attribute) {
    return element.localName === 'details' && attribute === 'open';
  }

  /** Elements with an id stay themselves wherever they go; of the others, each becomes what is in its place. */
  function patchChildren(element, fresh) {
    const named = new Map([...element.children].map((child) => [child.id, child]));
    let place = element.firstChild;
    for (const child of [...fresh.childNodes]) {
      const own = child.id ? named.get(child.id) : undefined;
      if (own) {
        if (own === place) place = place.nextSibling;
        else element.insertBefore(own, place);
        patch(own, child);
      } else if (place && !place.id && !child.id && place.nodeName === child.nodeName) {
        const current = place;
        place = place.nextSibling;
        if (current.nodeType === Node.ELEMENT_NODE) patch(current, child);
        else if (current.data !== child.data) current.data = child.data;
      } else element.insertBefore(document.importNode(child, true), place);
    }
    while (place) {
      const next = place.nextSibling;
      place.remove();
      place = next;
    }
  }
})();
