# The same report by evidently: report.py REFERENCE LIVE PAGE
import resource, sys
import pandas
from evidently import Report
from evidently.presets import DataDriftPreset

reference, live = (pandas.read_csv(path) for path in sys.argv[1:3])
Report([DataDriftPreset()]).run(live, reference).save_html(sys.argv[3])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
