public import Glibc

/// The processes that another has started, as Linux lists them (proc_pid_task_children(5)).
public enum ChildProcesses {
    /// Returns the processes that were started by any thread of a process and have not been waited for; none where there
    /// is no such process.
    public static func of(_ process: Int) -> [pid_t] {
        let tasks = "/proc/\(process)/task"
        let threads = (try? TextFile.names(in: tasks)) ?? []
        return threads.flatMap { thread in
            // A thread may have ended meanwhile.
            let text = (try? TextFile.read("\(tasks)/\(thread)/children")) ?? ""
            return text.split(separator: " ").compactMap { pid_t($0) }
        }
    }
}
