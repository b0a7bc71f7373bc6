package io.mesosiam.sandbox.process;

import java.util.ArrayList;
import java.util.List;

/**
 * Shell that stands between a parent and a program. Both forms keep a terminal's Ctrl-C from the program: its parent is
 * told, and stops its children in order.
 */
final class ParentWatch {
    private static final String SHIELD = """
            trap '' INT
            exec "$@"
            """;

    /** The watcher's own standard input is what the parent holds; it ends the program when the parent lets go. */
    private static final String LEASH = """
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

    /** For a program that doesn't: it gets SIGTERM when the leash's standard input closes, and SIGKILL after ten seconds. */
    static List<String> leashed(List<String> command) {
        return shell(LEASH, command);
    }

    private static List<String> shell(String script, List<String> command) {
        var all = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
        all.addAll(command);
        return all;
    }
}
