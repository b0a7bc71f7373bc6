package io.mesosiam.sandbox.sts;

import io.mesosiam.sandbox.process.Parent;
import java.io.IOException;
import java.time.InstantSource;

/** The STS as a process. It prints its URI as one line, and ends when its input ends. */
public final class StsProgram {
    private StsProgram() {}

    /** Takes the port as its argument; 0 for any. */
    public static void main(String[] arguments) throws IOException {
        var parent = new Parent();
        try (SandboxSts sts = SandboxSts.start(Integer.parseInt(arguments[0]), InstantSource.system())) {
            parent.send(sts.uri().toString());
            parent.await();
        }
    }
}
