// Shows the articles that have every word of the search in them. What is asked for is kept in the address.
const search = document.getElementById('search');
const found = document.getElementById('found');
const articles = [...document.querySelectorAll('article')]
  .map(element => ({ element, text: element.textContent.toLowerCase() }));

function show() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { element, text } of articles) {
    // The list of all messages has every word.
    element.hidden = element.id === 'index' ? words.length > 0 : !words.every(word => text.includes(word));
    count += !element.hidden;
  }
  for (const title of document.querySelectorAll('main > h2')) {
    let next = title.nextElementSibling;
    while (next && next.tagName === 'ARTICLE' && next.hidden) next = next.nextElementSibling;
    title.hidden = !next || next.tagName !== 'ARTICLE';
  }
  found.textContent = words.length ? `${count} found` : '';
}

search.addEventListener('input', () => {
  if (location.protocol !== 'file:') history.replaceState(null, '', search.value ? `?q=${encodeURIComponent(search.value)}` : location.pathname);
  show();
});
// A link leads to its article even while a search hides it.
addEventListener('hashchange', () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.hidden) {
    search.value = '';
    show();
    target.scrollIntoView();
  }
});
search.value = new URLSearchParams(location.search).get('q') ?? '';
show();
