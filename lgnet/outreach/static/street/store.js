// The database on the phone. `meta` holds nothing of people and is in clear; `queue` and `sealed` hold encrypted boxes.

const NAME = "lgnet-street";
const STORES = ["meta", "queue", "sealed"];
/** @type {Promise<IDBDatabase>|undefined} */
let opening;

/** @param {IDBRequest} request @returns {Promise<any>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @returns {Promise<IDBDatabase>} */
function database() {
  opening ||= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const found = request.result;
      found.onversionchange = () => found.close();
      found.onclose = () => (opening = undefined);
      resolve(found);
    };
  });
  opening.catch(() => (opening = undefined));
  return opening;
}

/**
 * Run `work` in one transaction that is on the disk when the promise is kept; whatever it throws undoes all of it.
 * `work` may wait for requests of this transaction only.
 * @param {string[]} names @param {(stores: Record<string, IDBObjectStore>) => any} work
 */
export async function write(names, work) {
  const transaction = (await database()).transaction(names, "readwrite", { durability: "strict" });
  const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error || new DOMException("aborted", "AbortError"));
  });
  try {
    const going = work(stores);
    const result = going instanceof Promise ? await going : going;
    transaction.commit(); // at once, instead of when the browser finds that nothing more comes
    await finished;
    return result;
  } catch (error) {
    finished.catch(() => {});
    try {
      transaction.abort();
    } catch {
      // it had ended by itself
    }
    throw transaction.error || error;
  }
}

/** @param {IDBObjectStore} store @param {string} key @returns {Promise<any>} a value, inside of a transaction */
export const within = (store, key) => done(store.get(key));

/** @param {string} name @param {string} key @returns {Promise<any>} */
export async function get(name, key) {
  return done((await database()).transaction(name).objectStore(name).get(key));
}

/** @param {string} name @returns {Promise<any[]>} every value, by key */
export async function all(name) {
  return done((await database()).transaction(name).objectStore(name).getAll());
}

/** @param {string} name @param {string} prefix @returns {Promise<any[]>} the values whose key begins so, by key */
export async function beginningWith(name, prefix) {
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  return done((await database()).transaction(name).objectStore(name).getAll(range));
}

/** @param {string} name @param {string} key @param {any} value */
export const put = (name, key, value) => write([name], (stores) => void stores[name].put(value, key));

/** @param {string} name @param {string} key */
export const remove = (name, key) => write([name], (stores) => void stores[name].delete(key));

/** @param {unknown} error @returns {boolean} whether the phone has no room left */
export const isFull = (error) => error instanceof DOMException && error.name === "QuotaExceededError";

/** Empty everything; leave only `receipt`, what the server still has to be told about it. */
export function wipe(receipt) {
  return write(STORES, (stores) => {
    STORES.forEach((name) => stores[name].clear());
    if (receipt) stores.meta.put(receipt, "receipt");
  });
}
