package io.mesosiam.sandbox.process;

import java.util.ArrayList;
import java.util.List;

/**
 * A shell between a parent and a program. Both forms keep the Ctrl-C of a terminal from the program: the parent
 * receives it, and stops its children in order.
 */
final class ParentWatch {
    private static final String SHIELD = """
            trap '' INT
            exec "$@"
            """;

    /** The watcher reads the standard input that the parent holds; it ends the program when the parent closes it. */
    private static final String WATCHED = """
            trap '' INT
            exec 3<&0
            "$@" </dev/null 3<&- &
            program=$!
            {
                cat <&3
                kill -TERM "$program"
                for second in 1 2 3 4 5 6 7 8 9 10; do
                    kill -0 "$program" || exit 0
                    sleep 1
                done
                kill -KILL "$program"
            } >/dev/null 2>&1 &
            watcher=$!
            exec 3<&-
            wait "$program"
            status=$?
            kill "$watcher"
            exit "$status"
            """;

    private ParentWatch() {}

    /** For a program that watches its own standard input. */
    static List<String> shielded(List<String> command) {
        return shell(SHIELD, command);
    }

    /**
     * For a program that does not watch its standard input: it gets SIGTERM when the standard input of the watcher
     * closes, and SIGKILL after ten seconds.
     */
    static List<String> watched(List<String> command) {
        return shell(WATCHED, command);
    }

    private static List<String> shell(String script, List<String> command) {
        var all = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
        all.addAll(command);
        return all;
    }
}
