"""The word lists behind care/deidentify.py: surnames, titles, and the ordinary words that only look like names."""

from __future__ import annotations


def _words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)

# Surnames that hardly begin an ordinary word: with these alone a name is taken for one without an introduction.
SAFE_SURNAMES = "王李张刘陈赵吴徐朱郭罗郑梁宋冯邓曹彭肖董袁潘蒋蔡杜魏吕姚卢崔谭廖贾韦邱薛"

# Surnames after 老, 小 and 阿; 小孙 is a grandchild and 小马 a horse.
SMALL_SURNAMES = "王李张刘陈杨赵吴徐朱胡郭罗郑梁谢宋韩冯邓曹彭曾肖董袁潘蒋蔡杜苏魏吕沈姚卢姜崔谭廖贾韦邱秦薛"

# Signs that end a given name: the sentence goes on with them.
GIVEN_STOP = (
    "的了想是在我你他她它要不就和也都跟说去住有今已被把很没还又这那个们吗呢吧啊哦死活会能给让对骂打叫年岁来过着得地"
)

# Small words that part the proper name of a place from what stands before it.
UNNAMED = (
    "我你他她它的了在去到从被送进上读考住是把想就又也还很都要给和跟让不没这那一个们家所里往回自己有说来叫"
    "找等对于与及因为每整某同各全本该老好小大多少几两死活打干过完刚才只最更吃喝药跳走跑站坐躺哪怎么样谁什"
    "儿女妈爸娘爹嫁娶逼怕恨爱"
)

TITLES = _words(
    """
    先生 女士 小姐 老师 医生 大夫 护士 主任 书记 校长 院长 经理 老板 师傅 阿姨 叔叔
    大爷 大妈 大叔 大姐 大哥 奶奶 爷爷 婆婆 婶 伯伯 同学 律师 警官 队长 站长 社工 科长
    局长 村长 班主任 教授 总 哥 姐 叔 姨
    """
)

# Names that contain a small word.
PROTECTED = _words(
    """
    上海 大连 大同 大理 大庆 和平 和田 南镇 小桥 大桥 长安 一鸣 同济 同仁
    """
)

# Ordinary words that end as a road or a district does.
NOT_A_ROAD = _words(
    """
    走投无路 绝路 死路 后路 出路 活路 生路 退路 末路 歧路 回头路 黄泉路 马路 公路 铁路
    道路 网路 思路 半路 水路 山路 弯路 老路 过路 逛街 上街 步行街 商业街 城市 超市 夜市
    菜市 股市 上市 地区 城区 郊区 山区 景区 园区 校区 病区 厂区 误区 服务区 辖区 生活区
    特区 灾区 农村 乡村 山村 外村 冷静镇 城镇 家乡 故乡 他乡 异乡 下乡 玩弄 捉弄 戏弄
    摆弄 愚弄
    """
)

# What begins like this is the middle of a sentence, not a name of a place.
ORDINARY_START = _words(
    """
    今天 明天 昨天 请问 下周 上周 去年 冬天 夏天 钥匙 配合 讲 托 月新 看见 别 请 护工
    公公 婆婆 连 当 不 社区 直接 昨晚 今晚 今年 明年 早上 晚上 下午 如果 可是 但是
    知道 希望 需要 麻烦 告诉 听见 经过 路过 送
    """
)

# Places that stand in every town.
GENERIC_PLACES = _words(
    """
    人民医院 精神医院 精神病医院 专科医院 儿童医院 中心医院 附近医院 重点高中 重点大学
    普通高中 职业学院 公立医院 私立医院 保险公司 快递公司 外卖公司 贷款公司 物业公司 私人公司
    附近派出所 重点中学 寄宿高中 当地派出所 当地医院 精神科医院 辖区派出所 附属医院 农业银行
    建设银行 工商银行 中国银行
    """
)

# Ordinary words that begin with a surname.
NOT_A_NAME = _words(
    """
    张开 张口 张嘴 张望 李子 谢谢 曾经 罗列 郑重 董事 杜绝 徐徐 许多 高中 高三 高一
    高二 高血压 高利贷 马上 方便 方法 白天 白白 金钱 石头 江湖 万一 万事 严重 史上 向来
    于是 何必 何况 任何 任务 周末 周一 周二 周三 周四 周五 周六 周日 黄昏 黄泉 胡说
    胡乱 程度 余生 余下 叶子 田里 钟头 陆续 金额 夏天 付出 付钱 武器 毛病 龙卷 雷声
    段时间 顾及 向前 林子 宋朝 韩国 唐朝 朱红 赵钱 谭谈 任由 方才 万分 高兴 高楼 高处
    高考 何时 何苦 何尝 白费 白活 曹操 刘海 陈旧 陈列 吴语
    """
)
