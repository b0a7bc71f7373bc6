package io.mesosiam.sandbox.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A child's end: its parent's lines come in by standard input, answers go out by standard output. */
public final class Parent {
    private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /** Takes standard output for itself: what anybody else prints goes to standard error, into the log. */
    public Parent() {
        System.setOut(System.err);
    }

    public void say(String line) {
        out.println(line);
    }

    /** The parent's next line; empty when it has let go. */
    public Optional<String> hear() throws IOException {
        return Optional.ofNullable(in.readLine());
    }

    /** Waits until the parent lets go. */
    public void await() throws IOException {
        while (hear().isPresent()) {
            // nothing that it says matters
        }
    }
}
