package io.mesosiam.reach;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Why a file can't be used, in words that operators read. The message of a {@link FileSystemException} begins with the
 * file, and some contain nothing else, so a text that names the file must not contain the message too.
 */
public final class FileProblem {
    private FileProblem() {}

    /**
     * The reason, for a text that names the file already. Names the file of the exception only if it is another one.
     *
     * @param named the file that the text names
     */
    public static String reason(Path named, IOException e) {
        if (e instanceof FileSystemException failed) {
            return failed.getFile() == null || failed.getFile().equals(named.toString())
                    ? words(failed)
                    : failed.getFile() + ": " + words(failed);
        }
        String text = text(e);
        return Optional.of(text)
                .filter(it -> it.startsWith(named + " ") || it.startsWith(named + ": "))
                .map(it -> it.substring(named.toString().length()).replaceFirst("^:? ", ""))
                .orElse(text);
    }

    /** The file, if the exception has one, and the reason, for a text that names no file. */
    public static String describe(Throwable e) {
        return e instanceof FileSystemException failed && failed.getFile() != null
                ? failed.getFile() + ": " + words(failed)
                : text(e);
    }

    private static String words(FileSystemException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            case NotDirectoryException _ -> "it is not a directory";
            case DirectoryNotEmptyException _ -> "the directory is not empty";
            case FileAlreadyExistsException _ -> "it exists already";
            case FileSystemLoopException _ -> "its symbolic links are a loop";
            default -> Optional.ofNullable(e.getReason()).orElse(e.getClass().getSimpleName());
        };
    }

    private static String text(Throwable e) {
        return Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    }
}
