package io.mesosiam.sandbox.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The parent process, as its child sees it: lines of the parent arrive on standard input, answers go to standard
 * output.
 */
public final class Parent {
    private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /** Reserves standard output: all other output goes to standard error, into the log. */
    public Parent() {
        System.setOut(System.err);
    }

    public void send(String line) {
        out.println(line);
    }

    /** The next line of the parent; empty when the parent has closed the stream. */
    public Optional<String> receive() throws IOException {
        return Optional.ofNullable(in.readLine());
    }

    /** Waits until the parent closes the stream. */
    public void await() throws IOException {
        while (receive().isPresent()) {
            // the content is ignored
        }
    }
}
