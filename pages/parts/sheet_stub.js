// A sheet: hands its data to what draws it (sheet.js), which comes to the page once, before or after.
export default function (sheet) {
  if (!window.needlePen) {
    window.needlePen = {};
    window.needlePen.promise = new Promise((resolve) => { window.needlePen.resolve = resolve; });
  }
  window.needlePen.promise.then((draw) => draw(sheet));
}
