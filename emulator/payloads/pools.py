"""The small tables that people, groups, apps, places and browsers come from; all invented or reserved for examples."""

from __future__ import annotations

# (as shown, as in a login).  Both columns are free of repetitions, so a pair of indexes is one person.
FIRST_NAMES = (
    ("Alice", "alice"), ("Amélie", "amelie"), ("Andrew", "andrew"), ("Anna", "anna"), ("Arjun", "arjun"),
    ("Ayşe", "ayse"), ("Beatriz", "beatriz"), ("Benjamin", "benjamin"), ("Björn", "bjorn"), ("Camila", "camila"),
    ("Carlos", "carlos"), ("Charlotte", "charlotte"), ("Chloë", "chloe"), ("Daniel", "daniel"), ("Diana", "diana"),
    ("Elena", "elena"), ("Emily", "emily"), ("Erik", "erik"), ("Fatima", "fatima"), ("François", "francois"),
    ("Grace", "grace"), ("Hannah", "hannah"), ("Henry", "henry"), ("Ibrahim", "ibrahim"), ("Ingrid", "ingrid"),
    ("Isabel", "isabel"), ("Jack", "jack"), ("James", "james"), ("Jorge", "jorge"), ("Julia", "julia"),
    ("Karen", "karen"), ("Kofi", "kofi"), ("Laura", "laura"), ("Leah", "leah"), ("Liam", "liam"),
    ("Łukasz", "lukasz"), ("Maria", "maria"), ("Mark", "mark"), ("Mateo", "mateo"), ("Mei", "mei"),
    ("Michael", "michael"), ("Nadia", "nadia"), ("Nina", "nina"), ("Noah", "noah"), ("Olivia", "olivia"),
    ("Omar", "omar"), ("Paul", "paul"), ("Priya", "priya"), ("Rachel", "rachel"), ("Robert", "robert"),
    ("Sarah", "sarah"), ("Siobhán", "siobhan"), ("Sofia", "sofia"), ("Thomas", "thomas"), ("Tuan", "tuan"),
    ("Victor", "victor"), ("Wei", "wei"), ("Yusuf", "yusuf"), ("Zoé", "zoe"), ("Zuzana", "zuzana"),
)  # fmt: skip
LAST_NAMES = (
    ("Abbott", "abbott"), ("Adeyemi", "adeyemi"), ("Almeida", "almeida"), ("Andersson", "andersson"),
    ("Baker", "baker"), ("Bauer", "bauer"), ("Bennett", "bennett"), ("Brown", "brown"), ("Chen", "chen"),
    ("Clark", "clark"), ("Cooper", "cooper"), ("Costa", "costa"), ("Díaz", "diaz"), ("Dubois", "dubois"),
    ("Evans", "evans"), ("Fischer", "fischer"), ("Foster", "foster"), ("García", "garcia"), ("Gupta", "gupta"),
    ("Haddad", "haddad"), ("Harris", "harris"), ("Horváth", "horvath"), ("Hughes", "hughes"), ("Ivanova", "ivanova"),
    ("Jensen", "jensen"), ("Johnson", "johnson"), ("Kaya", "kaya"), ("Kim", "kim"), ("Kowalski", "kowalski"),
    ("Lee", "lee"), ("Lefèvre", "lefevre"), ("Lopez", "lopez"), ("Martin", "martin"), ("Mensah", "mensah"),
    ("Miller", "miller"), ("Moreau", "moreau"), ("Müller", "muller"), ("Nakamura", "nakamura"), ("Nguyen", "nguyen"),
    ("Novák", "novak"), ("O'Brien", "obrien"), ("Okafor", "okafor"), ("Olsen", "olsen"), ("Patel", "patel"),
    ("Perez", "perez"), ("Reed", "reed"), ("Ricci", "ricci"), ("Rossi", "rossi"), ("Santos", "santos"),
    ("Schmidt", "schmidt"), ("Silva", "silva"), ("Singh", "singh"), ("Smith-Jones", "smith-jones"),
    ("Sørensen", "sorensen"), ("Tanaka", "tanaka"), ("Taylor", "taylor"), ("Torres", "torres"), ("Walker", "walker"),
    ("Wright", "wright"), ("Yücel", "yucel"), ("Zimmermann", "zimmermann"),
)  # fmt: skip
# Names in other scripts: given name, family name, as in a login.
OTHER_SCRIPTS = (
    ("太郎", "山田", "taro.yamada"), ("花子", "佐藤", "hanako.sato"), ("伟", "王", "wei.wang"),
    ("秀英", "李", "xiuying.li"), ("민준", "김", "minjun.kim"), ("서연", "박", "seoyeon.park"),
    ("Олена", "Шевченко", "olena.shevchenko"), ("Дмитрий", "Соколов", "dmitry.sokolov"),
    ("محمد", "العلي", "mohammed.alali"), ("ليلى", "حسن", "layla.hassan"), ("נועה", "כהן", "noa.cohen"),
    ("Γιώργος", "Παπαδόπουλος", "giorgos.papadopoulos"), ("प्रिया", "शर्मा", "priya.sharma"),
    ("สมชาย", "ใจดี", "somchai.jaidee"),
)  # fmt: skip

GROUPS = (
    "Engineering", "Sales", "Marketing", "Finance", "Human Resources", "Customer Support", "Contractors", "Managers",
    "Wiki Editors", "VPN Users", "On-Call", "Database Administrators", "Cloud-Administrators", "Cloud-ReadOnly",
    "Legal", "Office Zürich", "Office São Paulo", "Interns", "Executives", "Payroll",
)  # fmt: skip

# (label, name of the app's definition, sign-on mode)
APPS = (
    ("Example Wiki", "example_wiki", "SAML_2_0"),
    ("Payroll", "example_payroll", "SAML_2_0"),
    ("Expense Reports", "example_expenses", "OPENID_CONNECT"),
    ("Ticket Desk", "example_tickets", "SAML_2_0"),
    ("Source Hosting", "example_source_hosting", "OPENID_CONNECT"),
    ("Video Meetings", "example_meetings", "SAML_2_0"),
    ("Travel Booking", "example_travel", "BROWSER_PLUGIN"),
    ("Cloud Console", "example_cloud", "SAML_2_0"),
    ("Sales Pipeline", "example_crm", "SAML_2_0"),
    ("Learning Portal", "example_learning", "OPENID_CONNECT"),
)

# (city, state, country, postal code, latitude, longitude)
PLACES = (
    ("San Jose", "California", "United States", "95118", 37.2566, -121.8889),
    ("New York", "New York", "United States", "10013", 40.7205, -74.0052),
    ("Ashburn", "Virginia", "United States", "20149", 39.0469, -77.4903),
    ("Chicago", "Illinois", "United States", "60602", 41.8832, -87.6289),
    ("Toronto", "Ontario", "Canada", "M4M", 43.6567, -79.34),
    ("London", "England", "United Kingdom", "EC2A", 51.5262, -0.084),
    ("Paris", "Île-de-France", "France", "75001", 48.8614, 2.3358),
    ("Zürich", "Zurich", "Switzerland", "8001", 47.3727, 8.5415),
    ("Berlin", "Land Berlin", "Germany", "10115", 52.5323, 13.3846),
    ("São Paulo", "São Paulo", "Brazil", "01310", -23.5618, -46.6557),
    ("Tokyo", "Tokyo", "Japan", "100-0001", 35.6838, 139.7541),
    ("Sydney", "New South Wales", "Australia", "2000", -33.8688, 151.2093),
    ("Bengaluru", "Karnataka", "India", "560001", 12.9763, 77.6033),
)

# (AS number reserved for documentation, its organisation, ISP, domain); one for each place, in turn.
CARRIERS = (
    (64496, "example carrier inc.", "example carrier", "example.net"),
    (64497, "example cable llc", "example cable", "cable.example.net"),
    (64498, "example telecom", "example telecom", "telecom.example.net"),
    (64500, "example fiber inc.", "example fiber inc.", "fiber.example.net"),
    (65540, "example mobile", "example mobile", "mobile.example.org"),
)

# Networks reserved for documentation (RFC 5737, RFC 3849).
IPV4_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
IPV6_NETWORK = "2001:db8"

_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15"
# (raw user agent, os, browser, device) as Okta reads them (L14)
BROWSERS = (
    (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_CHROME.format(138)} Safari/537.36",
     "Mac OS X", "CHROME", "Computer"),
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME.format(138)} Safari/537.36",
     "Windows 10", "CHROME", "Computer"),
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME.format(137)} Safari/537.36 Edg/137.0.0.0",
     "Windows 10", "CHROMIUM_EDGE", "Computer"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:139.0) Gecko/20100101 Firefox/139.0",
     "Mac OS X", "FIREFOX", "Computer"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
     "Linux", "FIREFOX", "Computer"),
    (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_SAFARI}",
     "Mac OS X", "SAFARI", "Computer"),
    (f"Mozilla/5.0 (Linux; Android 10; K) {_CHROME.format(138)} Mobile Safari/537.36",
     "Android", "CHROME", "Mobile"),
)  # fmt: skip
SDK_AGENTS = (
    ("okta-sdk-python/2.9.8 python/3.12.4 Linux/6.5.0", "Linux", "UNKNOWN", "Computer"),
    ("Jersey/3.1.8 (HttpUrlConnection 21.0.6)", "Unknown", "UNKNOWN", "Unknown"),
    ("okta-sdk-golang/5.0.6 golang/go1.22.4 linux/amd64", "Linux", "UNKNOWN", "Computer"),
)

ADMIN_ROLES = ("Super administrator", "Group administrator", "Help Desk administrator", "Read-only administrator")
FACTORS = ("OKTA_VERIFY_PUSH", "OKTA_SOFT_TOKEN", "SMS_FACTOR", "CALL_FACTOR", "EMAIL_FACTOR", "SECURITY_QUESTION")
PROFILE_ATTRIBUTES = ("title", "department", "mobilePhone", "lastName", "manager", "costCenter", "city")

# The names of network zones; the first is the one that captures show.
ZONES = ("OFF_NETWORK", "Offices", "Corporate VPN")

# (model, name, platform, os version)
DEVICES = (
    ("MacBookPro18,3", "MacBook Pro", "OSX", "15.5.0"),
    ("Mac15,6", "MacBook Pro 14", "OSX", "14.6.0"),
    ("Latitude 7440", "LT-7440", "WINDOWS", "10.0.22631"),
    ("iPhone15,2", "iPhone", "IOS", "18.5.0"),
    ("Pixel 8", "Pixel 8", "ANDROID", "15.0.0"),
)
