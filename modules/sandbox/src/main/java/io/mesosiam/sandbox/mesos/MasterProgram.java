package io.mesosiam.sandbox.mesos;

import io.mesosiam.sandbox.process.Parent;
import java.io.IOException;

/**
 * The master as a process. Its first line of input is the token of its control endpoint; its one line of output has its
 * URI and that of the control endpoint. It ends when its input ends.
 */
public final class MasterProgram {
    private MasterProgram() {}

    /** Takes the port as its argument; 0 for any. */
    public static void main(String[] arguments) throws IOException {
        var parent = new Parent();
        String token = parent.receive().orElseThrow();
        var setup = MasterSetup.plain().enforcingPrincipals().onPort(Integer.parseInt(arguments[0]));
        try (SandboxMaster master = SandboxMaster.start(setup);
                MasterControl control = MasterControl.start(master, token)) {
            parent.send(master.uri() + " " + control.uri());
            parent.await();
        }
    }
}
