#!/usr/bin/python3
"""Damage to the files of a stopped store: it is named, or the daemon refuses to start; nothing wrong is ever served."""

import setting
import stores
import wal

META = 16  # the number of family `meta` in the store


class DamageTest(stores.StoreTest):
    """Files that are gone, or of another version."""

    def refuses(self, *words):
        code, said = self.start()
        self.assertEqual(code, 1, said)
        for word in (str(self.copy), *words):
            self.assertIn(word, said)

    def test_a_sound_copy_verifies(self):
        code, said = self.net.verify_store(self.copy)
        self.assertEqual(code, 0, said)

    def test_a_store_without_a_manifest_is_refused(self):
        for manifest in self.copy.glob("MANIFEST-*"):
            manifest.unlink()
        self.refuses("MANIFEST")
        self.assertNotEqual(self.net.verify_store(self.copy)[0], 0)

    def test_a_store_without_its_pointer_is_refused(self):
        (self.copy / "CURRENT").unlink()
        self.refuses("CURRENT")
        self.assertNotEqual(self.net.verify_store(self.copy)[0], 0)

    def test_a_store_of_an_unknown_schema_version_is_refused(self):
        before = sorted(path.name for path in self.copy.iterdir())
        wal.put(self.copy, META, b"schema", bytes([1, 0, 0, 0, 7]))  # format 1, version 7
        self.refuses("has schema version 7; this program knows version 2; nothing was changed.")
        self.assertEqual(sorted(path.name for path in self.copy.iterdir()), before)

    def test_a_missing_table_is_refused(self):
        table = max(self.copy.glob("*.sst"), key=lambda path: path.stat().st_size)
        table.unlink()
        self.refuses(table.name)
        self.assertNotEqual(self.net.verify_store(self.copy)[0], 0)


if __name__ == "__main__":
    setting.main()
