package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Marks a listening socket of this process (SO_MARK, socket(7)), so that the packet filter can tell it from every other listener. Accepted
 * connections inherit the mark. The mark belongs to the socket: one that the service manager keeps has it while no agent runs.
 */
public final class SocketMark {
    private SocketMark() {}

    /**
     * Marks what this process listens with on a port.
     *
     * @throws IOException if it doesn't listen there, or lacks NET_ADMIN
     */
    public static void set(int port, int mark) throws IOException {
        boolean any = false;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(ActivatedSocket.OWN_DESCRIPTORS)) {
            for (Path one : all) {
                int descriptor = ActivatedSocket.number(one);
                if (ActivatedSocket.listening(descriptor)
                        .filter(address -> address.getPort() == port)
                        .isPresent()) {
                    Libc.setSocketOption(descriptor, Libc.SO_MARK, mark);
                    any = true;
                }
            }
        } catch (Libc.CallFailed e) {
            throw new IOException("can't mark the listening socket, which takes NET_ADMIN: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new IOException("can't mark the listening socket: foreign functions aren't available", e);
        }
        if (!any) {
            throw new IOException("this process doesn't listen on port " + port);
        }
    }
}
