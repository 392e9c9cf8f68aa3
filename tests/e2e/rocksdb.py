"""Reads and writes a store behind the program's back, over RocksDB's C interface.

For stores that a test wants damaged, or of another format. Only while no daemon holds them.
"""

import ctypes
import ctypes.util


class RocksDb:
    def __init__(self, path):
        name = ctypes.util.find_library("rocksdb")
        if name is None:
            raise FileNotFoundError("librocksdb")
        self._lib = ctypes.CDLL(name)
        for function, result in {
            "rocksdb_options_create": ctypes.c_void_p,
            "rocksdb_list_column_families": ctypes.POINTER(ctypes.c_char_p),
            "rocksdb_open_column_families": ctypes.c_void_p,
            "rocksdb_writeoptions_create": ctypes.c_void_p,
            "rocksdb_readoptions_create": ctypes.c_void_p,
            "rocksdb_create_iterator_cf": ctypes.c_void_p,
            "rocksdb_iter_key": ctypes.POINTER(ctypes.c_char),
            "rocksdb_iter_value": ctypes.POINTER(ctypes.c_char),
            "rocksdb_iter_valid": ctypes.c_ubyte,
        }.items():
            getattr(self._lib, function).restype = result
        self._error = ctypes.c_char_p()
        self._options = ctypes.c_void_p(self._lib.rocksdb_options_create())
        self._open(str(path).encode())

    def _open(self, path):
        count = ctypes.c_size_t()
        names = self._call(
            "rocksdb_list_column_families", self._options, path, ctypes.byref(count)
        )
        families = [names[place] for place in range(count.value)]
        handles = (ctypes.c_void_p * len(families))()
        self._db = ctypes.c_void_p(
            self._call(
                "rocksdb_open_column_families",
                self._options,
                path,
                ctypes.c_int(len(families)),
                (ctypes.c_char_p * len(families))(*families),
                (ctypes.c_void_p * len(families))(*[self._options.value] * len(families)),
                handles,
            )
        )
        self.families = {
            name.decode(): ctypes.c_void_p(handle) for name, handle in zip(families, handles)
        }

    def _call(self, function, *arguments):
        result = getattr(self._lib, function)(*arguments, ctypes.byref(self._error))
        if self._error.value:
            raise OSError(self._error.value.decode())
        return result

    def items(self, family):
        """All (key, value) of one family."""
        options = ctypes.c_void_p(self._lib.rocksdb_readoptions_create())
        iterator = ctypes.c_void_p(
            self._lib.rocksdb_create_iterator_cf(self._db, options, self.families[family])
        )
        self._lib.rocksdb_iter_seek_to_first(iterator)
        found = []
        size = ctypes.c_size_t()
        while self._lib.rocksdb_iter_valid(iterator):
            key = self._lib.rocksdb_iter_key(iterator, ctypes.byref(size))[: size.value]
            value = self._lib.rocksdb_iter_value(iterator, ctypes.byref(size))[: size.value]
            found.append((key, value))
            self._lib.rocksdb_iter_next(iterator)
        self._lib.rocksdb_iter_destroy(iterator)
        return found

    def put(self, family, key, value):
        options = ctypes.c_void_p(self._lib.rocksdb_writeoptions_create())
        self._call(
            "rocksdb_put_cf",
            self._db,
            options,
            self.families[family],
            key,
            ctypes.c_size_t(len(key)),
            value,
            ctypes.c_size_t(len(value)),
        )

    def close(self):
        for handle in self.families.values():
            self._lib.rocksdb_column_family_handle_destroy(handle)
        self._lib.rocksdb_close(self._db)
