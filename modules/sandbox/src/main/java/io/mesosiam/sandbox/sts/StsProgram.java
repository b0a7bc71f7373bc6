package io.mesosiam.sandbox.sts;

import io.mesosiam.sandbox.process.Parent;
import java.io.IOException;
import java.time.InstantSource;

/** The STS as a process. Its one line of output says where it answers; it ends when its input does. */
public final class StsProgram {
    private StsProgram() {}

    /** Takes the port as its argument; 0 for any. */
    public static void main(String[] arguments) throws IOException {
        var parent = new Parent();
        try (SandboxSts sts = SandboxSts.start(Integer.parseInt(arguments[0]), InstantSource.system())) {
            parent.say(sts.uri().toString());
            parent.await();
        }
    }
}
