package io.mesosiam.controller.start;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Settings with which a controller starts, with their database and certificates, for the tests of one class. */
abstract class SettingsFixture {
    @TempDir
    static Path directory;

    static CheckedSettings settings;

    @BeforeAll
    static void prepare() {
        settings = new CheckedSettings(directory);
    }

    @AfterAll
    static void close() {
        settings.close();
    }
}
