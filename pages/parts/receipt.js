// Keeps the receipt of an answered survey in this browser, and tells the page of it. A browser that keeps nothing has none.
export default function ({ data, setStateValue, parentElement }) {
  let found = "";
  try {
    const name = `needle survey ${data.survey}`;
    if (data.receipt) localStorage.setItem(name, data.receipt);
    found = localStorage.getItem(name) || "";
  } catch {
    return;
  }
  if (parentElement.dataset.receipt === found) return;
  parentElement.dataset.receipt = found;
  if (found) setStateValue("receipt", found);
}
