/** Where programs are looked for. Debian has servers in folders that only root has in its PATH. */
export const systemPath = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;
