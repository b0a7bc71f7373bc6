package io.mesosiam.agent.sdk;

import java.util.List;

/**
 * An SDK's program.
 *
 * @param name as expected.csv names it
 * @param command how it is started
 */
record Sdk(String name, List<String> command) {
    Sdk {
        command = List.copyOf(command);
    }
}
